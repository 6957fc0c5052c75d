/** @returns whether a call's input has a text in it, as JSON. */
export const has = (text: string) => (input: object) => JSON.stringify(input).includes(text);
