import type {
  Attempt,
  AttemptAttribute,
  Failure,
  HealthAction,
  LateEntry,
  LeaseAttribute,
  ProbeResult,
  Provision,
  SweepSummary,
  Teardown,
  TeardownInput,
} from "../../../contracts/internal";

/** A string that Step Functions evaluates: a JSONata expression within its delimiters. */
export type Expression = `{% ${string} %}`;

/** The attempt that StreamTeardown works on, as its variable `$attempt`. */
export type TeardownAttempt = Pick<Attempt, "status" | "executionArn" | "ownsChannel"> & {
  /** Whether the attempt has claimed its channel, which it does before it adds its playback entry. */
  readonly isClaimed: boolean;
  /** The attempt's origin and its distribution; null where the item does not say, as in earlier releases. */
  readonly originId: string | null;
  readonly distributionId: string | null;
  /** Whether an earlier teardown left something. */
  readonly isIncomplete: boolean;
};

/** What StreamTeardown is to do, as its variable `$input`. */
export type StartedTeardown = {
  readonly [Member in keyof Omit<TeardownInput, "version">]-?: TeardownInput[Member] | null;
};

/** The members of a value, and the members of these, as a path in JSONata. */
type PathOf<Value> = Value extends readonly unknown[]
  ? never
  : Value extends object
    ? {
        [Member in keyof Value & string]: Member | `${Member}.${PathOf<NonNullable<Value[Member]>>}`;
      }[keyof Value & string]
    : never;

/** How DynamoDB names the type of a value; SDK integrations name members as the SDK for Java does. */
type ValueType = "S" | "N" | "L" | "M" | "BOOL" | "Bool";

/** What is read of an origin or a behaviour of the distribution. */
type DistributionMember = "Id" | "PathPattern" | "TargetOriginId";

/**
 * What expressions read, by where it begins, with the paths that there are. An undefined path is no error in JSONata: it
 * makes a condition false, and a member disappear. So the type checker reads the paths.
 */
interface Readable {
  "$provision.": PathOf<Provision>;
  "$failure.": PathOf<Failure>;
  "$lateEntry.": PathOf<LateEntry>;
  "$attempt.": PathOf<TeardownAttempt>;
  "$item.":
    | `${AttemptAttribute}.${ValueType}`
    | `teardown.M.${keyof Teardown}.${ValueType}`
    | DistributionMember;
  "$states.result.Item.": `${LeaseAttribute}.${ValueType}`;
  "$lease.": `${LeaseAttribute}.${ValueType}`;
  "$states.result.Payload.": PathOf<SweepSummary> | PathOf<ProbeResult> | PathOf<HealthAction>;
  "$input.": PathOf<StartedTeardown> | "since" | "minutes";
}

type Lower =
  | ("a" | "b" | "c" | "d" | "e" | "f" | "g" | "h" | "i" | "j" | "k" | "l" | "m")
  | ("n" | "o" | "p" | "q" | "r" | "s" | "t" | "u" | "v" | "w" | "x" | "y" | "z");

/** The path with which a text begins. */
type PathAtStart<Text extends string, Path extends string = ""> = Text extends `${infer Next}${infer Rest}`
  ? Next extends Lower | Uppercase<Lower> | "."
    ? PathAtStart<Rest, `${Path}${Next}`>
    : Path
  : Path;

/** Every path that a text reads below a root. */
type PathsBelow<
  Text extends string,
  Root extends string,
  Found = never,
> = Text extends `${string}${Root}${infer Rest}` ? PathsBelow<Rest, Root, Found | PathAtStart<Rest>> : Found;

type UnknownPath<Text extends string> = {
  [Root in keyof Readable]: `${Root}${Exclude<PathsBelow<Text, Root>, Readable[Root]> & string}`;
}[keyof Readable];

/** `Text` itself where it reads what there is; otherwise a sentence that says what there is not. */
export type CheckedJsonata<Text extends string> = [UnknownPath<Text>] extends [never]
  ? Text
  : `${UnknownPath<Text>} does not exist`;

/** Makes a JSONata expression of ASL from the expression's text, in one line: validators take no others. */
export function jsonata<const Text extends string>(text: CheckedJsonata<Text>): Expression {
  return `{% ${text.trim().replace(/\s*\n\s*/g, " ")} %}`;
}

/** @returns a part of an expression, whose paths are checked as those of a whole one. */
export function partOfJsonata<const Text extends string>(text: CheckedJsonata<Text>): Text {
  const part: string = text;
  return part as Text;
}

/** @returns the text of a JSONata object, given the text of each member: all members of `Value`, and no others. */
export function objectText<Value>(members: { readonly [Member in keyof Value]: string }): string {
  const texts = Object.entries<string>(members).map(([member, text]) => `"${member}": ${text}`);
  return `{ ${texts.join(", ")} }`;
}

/** A value that a state sends, in which an expression may stand for any part. */
export type Sent<Value> =
  | Expression
  | (unknown extends Value
      ? never
      : Value extends readonly (infer Item)[]
        ? readonly Sent<Item>[]
        : Value extends object
          ? { readonly [Member in keyof Value]: Sent<Value[Member]> }
          : Value);

/** An item, or a part of one, in DynamoDB's form, in which an expression may stand for any value. */
export type SentItem<Item> = {
  readonly [Attribute in keyof Item]: SentAttribute<NonNullable<Item[Attribute]>>;
};

type SentAttribute<Value> = [Value] extends [string]
  ? { readonly S: Value | Expression }
  : [Value] extends [number]
    ? { readonly N: Expression | `${number}` }
    : [Value] extends [boolean]
      ? { readonly BOOL: boolean | Expression }
      : [Value] extends [readonly (infer Entry)[]]
        ? { readonly L: Expression | readonly SentAttribute<Entry>[] }
        : { readonly M: Expression | SentItem<Value> };
