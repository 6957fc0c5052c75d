import { isIPv6 } from "node:net";

/** An IP address as a number. */
interface Address {
  readonly bits: 32 | 128;
  readonly number: bigint;
}

/** @returns whether a text is an address within a block such as `10.0.0.0/24`; undefined when the block is none. */
export function addressBlock(block: string): ((text: string) => boolean) | undefined {
  const [text = "", length = "", rest] = block.split("/");
  const address = readAddress(text);
  // AWS's engine takes no block of one address.
  if (!address || rest !== undefined || !/^\d{1,3}$/.test(length) || Number(length) >= address.bits)
    return undefined;
  const { bits, number } = address;
  const first = (one: Address) => one.number >> BigInt(one.bits - Number(length));
  return (candidate) => {
    const other = readAddress(candidate);
    if (!other) return false;
    // The engine compares hexadecimal digits from the first on, so that a block of IPv4 also holds addresses of IPv6.
    return other.bits >= bits && first(other) === first({ bits, number });
  };
}

/** Leading zeros mean nothing, and a zone or an embedded IPv4 address makes it no address, as in AWS's engine. */
function readAddress(text: string): Address | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    const octets = text.split(".").map(Number);
    if (octets.some((octet) => octet > 255)) return undefined;
    return { bits: 32, number: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n) };
  }
  if (!isIPv6(text) || /[%.]/.test(text)) return undefined;
  const [head = "", tail] = text.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [
    ...groups(head),
    ...new Array<string>(tail === undefined ? 0 : missing).fill("0"),
    ...groups(tail),
  ];
  return { bits: 128, number: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}
