/** Set by wxt.config.ts: where the local gateway stands, in the build for it; undefined in every other build. */
declare const __RIG_ENDPOINTS__:
  | {
      readonly gateway: string;
      readonly catalogue: string;
      readonly rungate: string;
      readonly rpc: string;
      readonly solana: readonly string[];
    }
  | undefined;
