/** More channels than a file of tests uses at a time, and no more: a sweep looks at every free one. A test that wants none free has a runtime of its own. */
export const manyChannels = Array.from({ length: 16 }, (_, index) => String(1001 + index)).join(",");
