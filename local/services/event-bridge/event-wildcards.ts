/** A wildcard's text as tokens: `*` for any characters, else a character. */
type Token = { any: true } | { character: string };

/**
 * The most states in which a search for a wildcard may be at once. EventBridge refuses rules as too complex and does not publish its bound:
 * it refuses `*:*:*:*:*:rule/*`, which has 11.
 */
const mostStates = 10;
/** Beyond so many sets of states, a wildcard is too complex without counting on. */
const mostSets = 2000;

/** Takes a wildcard apart. @returns what is wrong with it when something is. */
export function readWildcard(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\") {
      index += 1;
      const escaped = text.charAt(index);
      if (escaped !== "*" && escaped !== "\\")
        return "a backslash may stand before * or another backslash only";
      tokens.push({ character: escaped });
    } else if (character !== "*") tokens.push({ character });
    else if (text.charAt(index - 1) === "*" && tokens.at(-1) && isAny(tokens.at(-1)))
      return "consecutive wildcard characters are not allowed";
    else tokens.push({ any: true });
  }
  return isTooComplex(tokens)
    ? "the rule is too complex; use fewer wildcard characters, or fewer repeating characters after one"
    : tokens;
}

/** @returns whether a text is of a wildcard's form, in a time linear in its length. */
export function wildcardTest(tokens: readonly Token[]): (text: string) => boolean {
  const parts = [""];
  for (const token of tokens) {
    if (isAny(token)) parts.push("");
    else parts[parts.length - 1] += token.character;
  }
  const [first = "", ...others] = parts;
  const last = others.pop();
  return (text) => {
    if (last === undefined) return text === first;
    if (!text.startsWith(first)) return false;
    let position = first.length;
    for (const part of others) {
      const found = text.indexOf(part, position);
      if (found === -1) return false;
      position = found + part.length;
    }
    return text.length - last.length >= position && text.endsWith(last);
  };
}

function isAny(token: Token | undefined): token is { any: true } {
  return token !== undefined && "any" in token;
}

/** Follows all sets of states that a text could bring a search into. */
function isTooComplex(tokens: readonly Token[]): boolean {
  const alphabet = new Set(tokens.flatMap((token) => (isAny(token) ? [] : [token.character])));
  const start = close([0], tokens);
  const seen = new Set([start.join()]);
  const open = [start];
  for (let states = open.pop(); states !== undefined; states = open.pop()) {
    for (const character of alphabet) {
      const next = close(
        states.flatMap((state) => {
          const token = tokens[state];
          const stays = state > 0 && isAny(tokens[state - 1]) ? [state] : [];
          return token && !isAny(token) && token.character === character ? [...stays, state + 1] : stays;
        }),
        tokens,
      );
      if (next.length > mostStates || seen.size > mostSets) return true;
      if (seen.has(next.join())) continue;
      seen.add(next.join());
      open.push(next);
    }
  }
  return false;
}

/** A state is how many tokens are matched; a `*` is matched as soon as it comes. */
function close(states: readonly number[], tokens: readonly Token[]): number[] {
  const all = new Set(states);
  for (const state of all) if (isAny(tokens[state])) all.add(state + 1);
  return [...all].sort((left, right) => left - right);
}
