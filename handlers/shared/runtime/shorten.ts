/** @returns a text of at most `longest` characters, counted as the contract does, in code points. */
export function shorten(text: string, longest: number): string {
  const characters = [...text.toWellFormed()];
  return characters.length <= longest ? characters.join("") : `${characters.slice(0, longest - 1).join("")}…`;
}
