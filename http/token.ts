const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// RFC 9110 §5.5: field values are visible characters, blanks and obs-text; never CR, LF or NUL.
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** True for a `token` (RFC 9110 §5.6.2): the grammar of field names and of WebSocket subprotocols. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** True when `text` may stand as a field value on one line (RFC 9110 §5.5). */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}
