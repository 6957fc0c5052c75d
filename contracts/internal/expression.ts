/**
 * DynamoDB's expressions are texts in which a misspelt attribute is no error: a condition on it never holds, and an
 * update creates it. So the type checker reads them here.
 */

/** What a DynamoDB expression may have besides attributes and placeholders. */
type Keyword =
  | "SET"
  | "REMOVE"
  | "AND"
  | "OR"
  | "NOT"
  | "IN"
  | "attribute_exists"
  | "attribute_not_exists"
  | "if_not_exists"
  | "list_append"
  | "size";

type Separator = " " | "\n" | "," | "(" | ")" | "=" | "<" | ">" | "+" | "-";

type Words<
  Text extends string,
  Word extends string = "",
  Found = never,
> = Text extends `${infer Next}${infer Rest}`
  ? Next extends Separator
    ? Words<Rest, "", Found | Word>
    : Words<Rest, `${Word}${Next}`, Found>
  : Found | Word;

type Unknown<Text extends string, Name> = Exclude<Words<Text>, "" | Keyword | `:${string}` | Name>;

/** `Text` itself where each word is a name of the table; otherwise a sentence that says which word is not. */
export type CheckedExpression<Text extends string, Attribute extends string, Placeholder extends string> = [
  Unknown<Text, Attribute | Placeholder>,
] extends [never]
  ? Text
  : `${Extract<Unknown<Text, Attribute | Placeholder>, string>} is no attribute of this table`;

/** @returns a checked expression by the type of its text. */
export function expressionOf<Text extends string>(text: string): Text {
  return text as Text;
}
