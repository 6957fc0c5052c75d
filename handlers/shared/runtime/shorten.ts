/** @returns a text of at most `maxLength` characters, counted as the contract does, in code points. */
export function shorten(text: string, maxLength: number): string {
  const characters = [...text.toWellFormed()];
  return characters.length <= maxLength
    ? characters.join("")
    : `${characters.slice(0, maxLength - 1).join("")}…`;
}
