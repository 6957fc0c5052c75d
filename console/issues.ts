/** The path of a member, such as `ingestEndpoints[0].url`, and what is wrong with it. */
const form = /^((?:[A-Za-z]\w*)(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\]|\.[\w$-]+)*) (.+)$/s;

/**
 * Puts the issues of an answer beside the fields of a form. An issue of a part of a field without a place of its own goes to the field around it.
 *
 * @param fields the paths that have a place, such as `title` and `ingestEndpoints[0].url`.
 * @returns the issues by field, and those that belong to none.
 */
export function placeIssues(
  issues: readonly string[],
  fields: readonly string[],
): { readonly byField: ReadonlyMap<string, readonly string[]>; readonly others: readonly string[] } {
  const byField = new Map<string, string[]>();
  const others: string[] = [];
  for (const issue of issues) {
    const [, path = "", text = ""] = form.exec(issue) ?? [];
    const field = fieldOf(path, fields);
    if (field === undefined) others.push(issue);
    else byField.set(field, [...(byField.get(field) ?? []), path === field ? text : issue]);
  }
  return { byField, others };
}

/** The field itself, or else the nearest one around it. */
function fieldOf(path: string, fields: readonly string[]): string | undefined {
  for (let at = path; at !== ""; at = at.replace(/(^|\.)[^.[]+$|\[[^[]*\]$/, "")) {
    if (fields.includes(at)) return at;
  }
  return undefined;
}
