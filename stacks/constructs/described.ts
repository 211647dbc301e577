/** What a construct was told to say of every resource it makes. */
interface Told {
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The description, where there is one: an attribute that is `undefined` is another thing than none. */
export function described({ description }: Told): { description?: string } {
  return description === undefined ? {} : { description };
}

/** Description and labels, for a resource that takes both. */
export function labelled({ labels, ...told }: Told): { description?: string; labels?: Record<string, string> } {
  return { ...described(told), ...(labels !== undefined && { labels: { ...labels } }) };
}
