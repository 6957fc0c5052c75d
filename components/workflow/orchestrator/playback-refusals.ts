/** Why a request gets no place in the distribution, and what to do: JSONata texts. */

/** @param pattern the expression of the other's path pattern. */
export function pathTaken(pattern: string): string {
  return `"Distribution " & $provision.settings.distributionId & " has the behaviour '" & ${pattern} & "', which is not this component's and has paths of '/" & $provision.request.streamId & "/*'. Request the stream with another streamId, or take that behaviour out of the distribution first. If an earlier release of this component made it, request the stream again once that attempt is torn down."`;
}

/** @param detail the expression of a sentence that says how large it is. */
export function tooLarge(detail: string): string {
  return `"The configuration of distribution " & $provision.settings.distributionId & " is near the 256 KiB that a workflow can carry. End a stream, take origins and behaviours that are not needed out of the distribution, or use a distribution for streams alone. " & ${detail}`;
}
