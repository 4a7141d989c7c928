/** The addresses that the extension's rig build knows, at the ports that `npm start` uses. */
export const rigEndpoints = {
  gateway: 'http://jumpgate.localhost:8402',
  catalogue: 'http://jumpgate.localhost:8402/v1/models',
  rungate: 'http://rungate.localhost:8403/v1',
  rpc: 'http://base.localhost:8545',
  solana: ['http://solana.localhost:8899', 'http://solana2.localhost:8898'],
  pages: 'http://demo.localhost:8080',
} as const;
