/** What XML 1.0 (§2.2) has no way to write, not even as a reference. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const MARKS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** A text as the content of an element, or as the value of an attribute. */
export function xmlText(text: string): string {
  return text.replace(NOT_XML, "\ufffd").replace(/[&<>"']/g, (mark) => MARKS[mark]!);
}

/** One element: its attributes in the order given, then what it holds, which is XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[] = [],
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(oneLine(String(value)))}"`);
  const inside = content.join("");
  return inside === "" ? `<${name}${written.join("")}/>\n` : `<${name}${written.join("")}>${inside}</${name}>\n`;
}

/** Readers fold white space in most attributes; told apart names must not become one by it. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
