/** Whether two types are the same, optional members and `readonly` included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the type argument is `true`: `typeHolds<Equal<A, B>>()`. */
export function typeHolds<_T extends true>(): void {}
