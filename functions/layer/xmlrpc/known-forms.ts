/** The forms of calls that are known beforehand, by their keys: none here; the build puts those of every command in its place. */
export const KNOWN_FORMS: Readonly<Record<string, string>> = {};
