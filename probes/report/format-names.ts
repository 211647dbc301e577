/** Every format of a verb with a verdict. */
export const FORMATS = ["text", "json", "junit", "sarif", "github", "markdown", "html"] as const;

export type Format = (typeof FORMATS)[number];
