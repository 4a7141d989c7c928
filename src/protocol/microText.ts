/** Micro-USDC as decimal digits: ports carry no bigint. */
export type MicroText = string;
