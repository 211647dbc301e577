import { renderGithub } from "./github.ts";
import { renderHtml } from "./html.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import type { ReportOptions, Reported } from "./reported.ts";
import { renderSarif } from "./sarif.ts";

/** Formats that every verb with a verdict writes, besides those that are a verb's own. */
export const SHARED_FORMATS = {
  junit: renderJunit,
  sarif: renderSarif,
  github: renderGithub,
  markdown: renderMarkdown,
  html: renderHtml,
} as const satisfies Record<string, (reported: Reported, options: ReportOptions) => string>;
