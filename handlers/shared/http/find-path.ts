/** Parameters of a path, by name. */
export type ParameterValues = { readonly [name: string]: string };

/**
 * Finds the template that a request's path fits; where several do, the one with the fewest parameters.
 *
 * @param given the parameters that API Gateway has read already. A direct call may come without.
 * @returns the template and the values of its parameters; undefined where the path fits none.
 */
export function findPath(
  templates: Iterable<string>,
  path: string,
  given: ParameterValues,
): { template: string; parameters: ParameterValues } | undefined {
  const found = [...templates].flatMap((template) => {
    const parameters = matchPath(template, path, given);
    return parameters ? [{ template, parameters }] : [];
  });
  const counts = found.map(({ parameters }) => Object.keys(parameters).length);
  return found[counts.indexOf(Math.min(...counts))];
}

function matchPath(template: string, path: string, given: ParameterValues): ParameterValues | undefined {
  const expected = template.split("/");
  const segments = path.split("/");
  if (expected.length !== segments.length) return undefined;
  const parameters: { [name: string]: string } = {};
  for (const [index, segment] of segments.entries()) {
    const name = /^\{(.+)\}$/.exec(expected[index] ?? "")?.[1];
    if (name === undefined) {
      if (segment !== expected[index]) return undefined;
      continue;
    }
    const value = Object.hasOwn(given, name) ? given[name] : decodeSegment(segment);
    if (!value) return undefined;
    parameters[name] = value;
  }
  return parameters;
}

/**
 * Decodes a segment that did not come through API Gateway. HTTP APIs decode a path twice: before they choose a route, so
 * that an encoded slash separates, and again for the function.
 *
 * @returns undefined for a segment that an HTTP API would not take for one.
 */
function decodeSegment(segment: string): string | undefined {
  try {
    const routed = decodeURIComponent(segment);
    return routed.includes("/") ? undefined : decodeURIComponent(routed);
  } catch {
    return undefined;
  }
}
