/**
 * DynamoDB's expressions are texts in which a misspelt attribute is no error: a condition on it never holds, and an
 * update creates it. So the type checker reads them here.
 */

/** What a DynamoDB expression may have besides attributes and placeholders. */
type Keyword =
  | "SET"
  | "REMOVE"
  | "ADD"
  | "DELETE"
  | "AND"
  | "OR"
  | "NOT"
  | "IN"
  | "attribute_exists"
  | "attribute_not_exists"
  | "if_not_exists"
  | "list_append"
  | "contains"
  | "size";

type Separator = " " | "\n" | "," | "(" | ")" | "=" | "<" | ">" | "+" | "-";

type Words<
  Text extends string,
  Word extends string = "",
  Found = never,
> = Text extends `${infer Next}${infer Rest}`
  ? string extends Next
    ? Words<Rest, "", Found>
    : Next extends Separator
      ? Words<Rest, "", Found | Word>
      : Words<Rest, `${Word}${Next}`, Found>
  : Found | Word;

type Unknown<Text extends string, Name> = Exclude<
  Words<Text>,
  "" | Keyword | `:${string}` | `#${string}` | Name
>;

/**
 * `Text` itself where each word is an attribute of the table or a placeholder; otherwise a sentence that says which word is
 * not. A part that is a mere `string` was put together of checked parts, and passes.
 */
export type CheckedExpression<Text extends string, Name extends string> = string extends Text
  ? Text
  : [Unknown<Text, Name>] extends [never]
    ? Text
    : `${Unknown<Text, Name> & string} is no attribute of this table`;

/** @returns a checked expression by the type of its text. */
export function expressionOf<Text extends string>(text: string): Text {
  return text as Text;
}
