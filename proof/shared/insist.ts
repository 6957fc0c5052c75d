/** Repeats a request while its answer is a server's failure, as a caller is to do. @returns the last answer. */
export async function insist<T extends { readonly status: number }>(
  maxTries: number,
  request: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const answer = await request();
    if (answer.status < 500 || tries === maxTries) return answer;
  }
}
