import type { TestNetwork } from '../../src/core/configuration.ts';
import type { Gateway } from '../../src/core/gateways.ts';

/** A gateway of the person's own. */
export const ownGateway: Gateway = {
  id: 'my-gateway',
  name: 'My gateway',
  kind: 'jumpgate',
  baseUrl: 'https://gateway.example',
  defaultModel: 'own/large',
  defaultMaxTokens: 500,
};

/** A developer's chain, with a token at another address than any real one. */
export const testNetwork: TestNetwork = {
  name: 'My chain',
  chainId: 31337,
  asset: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  domainName: 'Test USD',
  domainVersion: '1',
  rpcUrl: 'http://localhost:9545',
};
