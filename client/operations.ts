import type * as v from "valibot";
import type { OperationName, PathParameters, refusalSchema, restOperations } from "../contracts";

/** The operations of the contract by their names. */
type Operations = {
  readonly [TOperation in (typeof restOperations)[number] as TOperation["name"]]: TOperation;
};

type InputOf<TOperation, TMember extends string> = TOperation extends {
  readonly [member in TMember]: infer TSchema extends v.GenericSchema;
}
  ? v.InferInput<TSchema>
  : unknown;

/** What an operation takes: the parameters of its path, and the members of its body or of its query. */
export type Input<TName extends OperationName> = PathParameters<Operations[TName]["path"]> &
  InputOf<Operations[TName], "bodySchema"> &
  InputOf<Operations[TName], "querySchema">;

type ResponseOf<TResponses> = TResponses[keyof TResponses];

/** What an operation answers, unless it refuses. */
export type Output<TName extends OperationName> =
  ResponseOf<Operations[TName]["responses"]> extends infer TResponse
    ? TResponse extends { readonly bodySchema: infer TSchema extends v.GenericSchema }
      ? TSchema extends typeof refusalSchema
        ? never
        : v.InferOutput<TSchema>
      : never
    : never;

/** Options of a single call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. @default - none */
  readonly signal?: AbortSignal;
}

/** An input without required members may be left out. */
type Arguments<TInput> =
  Record<never, never> extends TInput
    ? [input?: TInput, options?: CallOptions]
    : [input: TInput, options?: CallOptions];

/** A method for each operation of the contract: `getStream` for `GetStream`. */
export type OperationMethods = {
  readonly [TName in OperationName as Uncapitalize<TName>]: (
    ...args: Arguments<Input<TName>>
  ) => Promise<Output<TName>>;
};
