/** Thrown when a configuration cannot be read: what, where, and what to do. */
export class ConfigurationError extends Error {
  constructor(message: string, at: { readonly file: string; readonly line?: number; readonly column?: number }) {
    const place = at.line === undefined ? at.file : `${at.file}:${at.line}:${at.column ?? 1}`;
    super(`${place}  ${message}`);
    this.name = "ConfigurationError";
  }
}
