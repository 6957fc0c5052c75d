/** More channels than a file of tests uses: a test that wants none free has a runtime of its own. */
export const manyChannels = Array.from({ length: 40 }, (_, index) => String(1001 + index)).join(",");
