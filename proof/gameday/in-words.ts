/** More than this is counted: a crowd's report is no list. */
const maxListed = 9;

/** @returns a list in words: a long one by how often each is in it, in the order in which they first are. */
export function inWords(list: readonly string[], separator = ", "): string {
  if (list.length <= maxListed) return list.join(separator);
  return [...new Set(list)]
    .map((one) => `${list.filter((other) => other === one).length} × ${one}`)
    .join(separator);
}
