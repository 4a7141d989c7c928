import { describe, expect, it } from 'vitest';
import { askEvmWallet } from '../../src/wallet/evm.ts';
import type { EvmAsk } from '../../src/wallet/evm.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeWallet, settle } from './fakeWallet.ts';
import type { Behaviour } from './fakeWallet.ts';

const account = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
const signature = `0x${'ab'.repeat(65)}`;
const never = new Promise(() => undefined);

/* oxlint-disable typescript/only-throw-error, unicorn/no-thenable -- what real wallets do, and lying ones. */
const refuse = (thrown: unknown) => () => {
  throw thrown;
};

function ask(what: EvmAsk, behaviour: Behaviour) {
  const wallet = fakeWallet(behaviour);
  const clock = fakeClock();
  const answers: [boolean, unknown][] = [];
  let wanted = true;
  askEvmWallet(wallet, what, {
    after: (ms, callback) => clock.after(ms, callback),
    isWanted: () => wanted,
    done: (ok, value) => answers.push([ok, value]),
  });
  return {
    wallet,
    clock,
    answers,
    methods: () => wallet.asked.map(([method]) => method),
    withdraw: () => {
      wanted = false;
    },
  };
}

const connect: EvmAsk = { type: 'connect', wallet: 'w' };
const sign: EvmAsk = {
  type: 'signTypedData',
  wallet: 'w',
  account,
  chainIdHex: '0x2105',
  typedData: '{"domain":{}}',
};
const switchChain: EvmAsk = {
  type: 'switchChain',
  wallet: 'w',
  chainIdHex: '0x2105',
  chain: { name: 'Base', rpcUrl: 'https://mainnet.base.org', explorerUrl: 'https://basescan.org' },
};

describe('connecting a wallet', () => {
  it('gives its accounts, the chosen one first', async () => {
    const other = account.toLowerCase();
    const { answers, methods } = ask(connect, { eth_requestAccounts: async () => [account, other] });
    await settle();
    expect(answers).toEqual([[true, [account, other]]]);
    expect(methods()).toEqual(['eth_requestAccounts']);
  });

  it('is not what an ask for the accounts that it shows already does', async () => {
    const shown = ask({ type: 'accounts', wallet: 'w' }, { eth_accounts: async () => [account] });
    const none = ask({ type: 'accounts', wallet: 'w' }, { eth_accounts: async () => [] });
    await settle();
    expect(shown.answers).toEqual([[true, [account]]]);
    expect(none.answers).toEqual([[false, { kind: 'failed', message: 'No account.' }]]);
    expect([...shown.methods(), ...none.methods()]).toEqual(['eth_accounts', 'eth_accounts']);
  });

  it('takes an answer that is no promise', () => {
    const { answers } = ask(connect, { eth_requestAccounts: () => [account] });
    expect(answers).toEqual([[true, [account]]]);
  });

  it('leaves out what is no address', async () => {
    const given = ['', null, 7, `${account}00`, 'eip155:1:0x0', account];
    const { answers } = ask(connect, { eth_requestAccounts: async () => given });
    await settle();
    expect(answers).toEqual([[true, [account]]]);
  });

  it.each<[string, unknown]>([
    ['[""], as before the first unlock', ['']],
    ['an empty list', []],
    ['null', null],
    ['a text', account],
    ['an object', { 0: account, length: 1 }],
  ])('fails on %s', async (_name, given) => {
    const { answers } = ask(connect, { eth_requestAccounts: async () => given });
    await settle();
    expect(answers).toMatchObject([[false, { kind: 'failed' }]]);
  });

  it.each<[string, unknown, string, string]>([
    [
      'an object with 4001',
      { code: 4001, message: 'User rejected the request.' },
      'rejected',
      'User rejected the request.',
    ],
    ['a bare text', 'User denied account access', 'rejected', 'User denied account access'],
    ['a text about something else', 'Disconnected', 'failed', 'Disconnected'],
    ['nothing', undefined, 'failed', ''],
    ['a number', 4001, 'failed', ''],
    ['a message that is an object', { code: -32603, message: {} }, 'failed', ''],
  ])('reads %s as what it is', async (_name, thrown, kind, message) => {
    for (const behave of [refuse(thrown), () => Promise.reject(thrown)]) {
      const { answers } = ask(connect, { eth_requestAccounts: behave });
      await settle();
      expect(answers).toEqual([[false, { kind, message }]]);
    }
  });

  it('cuts long messages and survives errors whose parts throw', async () => {
    const long = ask(connect, { eth_requestAccounts: refuse({ message: 'x'.repeat(10_000) }) });
    const trap = new Proxy({}, { get: refuse(new Error('secret')) });
    const hostile = ask(connect, { eth_requestAccounts: refuse(trap) });
    await settle();
    expect(long.answers).toEqual([[false, { kind: 'failed', message: 'x'.repeat(300) }]]);
    expect(hostile.answers).toEqual([[false, { kind: 'failed', message: '' }]]);
  });
});

describe('a wallet that lies about answering', () => {
  it('counts once when it answers twice', () => {
    const twice = {
      then(ok: (value: unknown) => void, fail: (thrown: unknown) => void) {
        ok([account]);
        ok([account.toLowerCase()]);
        fail('User rejected');
      },
    };
    const { answers } = ask(connect, { eth_requestAccounts: () => twice });
    expect(answers).toEqual([[true, [account]]]);
  });

  it('counts once when it answers and throws', () => {
    const both = {
      then(ok: (value: unknown) => void) {
        ok([account]);
        throw new Error('and yet');
      },
    };
    expect(ask(connect, { eth_requestAccounts: () => both }).answers).toEqual([[true, [account]]]);
  });

  it('never blocks for ever when it never answers', () => {
    const { clock, answers } = ask(connect, { eth_requestAccounts: () => never });
    clock.advance(10 * 60_000 - 1);
    expect(answers).toEqual([]);
    clock.advance(1);
    expect(answers).toEqual([[false, { kind: 'failed', message: 'The wallet has not answered.' }]]);
  });

  it('says nothing more when it answers after that', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const late = new Promise((resolve) => {
      answer = resolve;
    });
    const { clock, answers } = ask(connect, { eth_requestAccounts: () => late });
    clock.advance(10 * 60_000);
    answer([account]);
    await settle();
    expect(answers).toHaveLength(1);
  });

  it('fails when its then is a trap', () => {
    const trap = {
      get then(): never {
        throw new Error('secret');
      },
    };
    expect(ask(connect, { eth_requestAccounts: () => trap }).answers).toEqual([
      [false, { kind: 'failed', message: 'secret' }],
    ]);
  });
});

describe('switching the chain', () => {
  /** A wallet whose chain a test moves. */
  function chainWallet(start: unknown, behaviour: Behaviour = {}) {
    const state = { chain: start };
    return {
      state,
      run: () => ask(switchChain, { eth_chainId: async () => state.chain, ...behaviour }),
    };
  }

  it.each(['0x2105', '0x02105', '0X2105'.toLowerCase(), '8453', 8453])(
    'asks nothing of a wallet that is there already and says so as %j',
    async (chain) => {
      const { answers, methods } = chainWallet(chain).run();
      await settle();
      expect(answers).toEqual([[true, '0x2105']]);
      expect(methods()).toEqual(['eth_chainId']);
    },
  );

  it('switches, and believes only where the wallet stands afterwards', async () => {
    const { state, run } = chainWallet('0x1', {
      wallet_switchEthereumChain: async ([target]) => {
        state.chain = (target as { chainId: string }).chainId;
        return null;
      },
    });
    const { answers, methods } = run();
    await settle();
    expect(answers).toEqual([[true, '0x2105']]);
    expect(methods()).toEqual(['eth_chainId', 'wallet_switchEthereumChain', 'eth_chainId']);
  });

  it('is wrong-chain when the wallet says yes and stays', async () => {
    const { answers } = chainWallet('0x1', { wallet_switchEthereumChain: async () => null }).run();
    await settle();
    expect(answers).toMatchObject([[false, { kind: 'wrong-chain' }]]);
  });

  it('is done when the wallet says no and switches all the same', async () => {
    const { state, run } = chainWallet('0x1', {
      wallet_switchEthereumChain: () => {
        state.chain = '0x2105';
        return Promise.reject({ code: 4001, message: 'User rejected' });
      },
    });
    const { answers } = run();
    await settle();
    expect(answers).toEqual([[true, '0x2105']]);
  });

  it('is wrong-chain when the person refuses, whatever the code', async () => {
    for (const thrown of [{ code: 4001, message: 'User rejected' }, 'User rejected', { code: -32603 }]) {
      const { answers, methods } = chainWallet('0x1', {
        wallet_switchEthereumChain: () => Promise.reject(thrown),
      }).run();
      await settle();
      expect(answers).toMatchObject([[false, { kind: 'wrong-chain' }]]);
      expect(methods()).not.toContain('wallet_addEthereumChain');
    }
  });

  it.each<[string, unknown]>([
    ['4902', { code: 4902 }],
    ['4901', { code: 4901 }],
    ['-32600', { code: -32600 }],
    ['4902 inside -32603', { code: -32603, data: { originalError: { code: 4902 } } }],
  ])(
    'adds a chain that the wallet does not know (%s), and switches where adding did not',
    async (_name, thrown) => {
      for (const switches of [true, false]) {
        let known = false;
        const { state, run } = chainWallet('0x1', {
          wallet_switchEthereumChain: async () => {
            if (!known) throw thrown;
            state.chain = '0x2105';
            return null;
          },
          wallet_addEthereumChain: async () => {
            known = true;
            if (switches) state.chain = '0x2105';
            return null;
          },
        });
        const { answers, wallet } = run();
        await settle();
        expect(answers).toEqual([[true, '0x2105']]);
        expect(wallet.asked.find(([method]) => method === 'wallet_addEthereumChain')?.[1]).toEqual([
          {
            chainId: '0x2105',
            chainName: 'Base',
            nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
            rpcUrls: ['https://mainnet.base.org'],
            blockExplorerUrls: ['https://basescan.org'],
          },
        ]);
      }
    },
  );

  it('is wrong-chain when the person does not add it', async () => {
    const { answers } = chainWallet('0x1', {
      wallet_switchEthereumChain: () => Promise.reject({ code: 4902 }),
      wallet_addEthereumChain: () => Promise.reject({ code: 4001, message: 'User rejected' }),
    }).run();
    await settle();
    expect(answers).toEqual([[false, { kind: 'wrong-chain', message: 'User rejected' }]]);
  });

  it('fails when the wallet never says where it stands', async () => {
    const { clock, answers } = ask(switchChain, {
      eth_chainId: () => never,
      wallet_switchEthereumChain: async () => null,
    });
    clock.advance(15_000);
    await settle();
    clock.advance(15_000);
    expect(answers).toMatchObject([[false, { kind: 'failed' }]]);
  });

  it('opens no window once nobody waits', async () => {
    const turn = ask(switchChain, { eth_chainId: async () => '0x1' });
    turn.withdraw();
    await settle();
    expect(turn.methods()).toEqual(['eth_chainId']);
    expect(turn.answers).toMatchObject([[false, { kind: 'failed' }]]);
  });
});

describe('signing', () => {
  it('hands the JSON text to eth_signTypedData_v4 after the chain was checked', async () => {
    const { answers, wallet } = ask(sign, {
      eth_chainId: async () => '0x2105',
      eth_signTypedData_v4: async () => signature,
    });
    await settle();
    expect(answers).toEqual([[true, signature]]);
    expect(wallet.asked).toEqual([
      ['eth_chainId', undefined],
      ['eth_signTypedData_v4', [account, '{"domain":{}}']],
    ]);
  });

  it('asks for no signature on another chain, or where the chain is unknown', async () => {
    for (const chain of ['0x1', undefined, 'base', {}, '0x', '-8453']) {
      const { answers, methods } = ask(sign, { eth_chainId: async () => chain });
      await settle();
      expect(answers).toMatchObject([[false, { kind: 'wrong-chain' }]]);
      expect(methods()).toEqual(['eth_chainId']);
    }
  });

  it('asks for no signature once nobody waits', async () => {
    const turn = ask(sign, { eth_chainId: async () => '0x2105' });
    turn.withdraw();
    await settle();
    expect(turn.methods()).toEqual(['eth_chainId']);
  });

  it('tells a refusal from a chain that changed meanwhile, by looking and not by the code', async () => {
    let chain = '0x2105';
    const moved = ask(sign, {
      eth_chainId: async () => chain,
      eth_signTypedData_v4: () => {
        chain = '0x1';
        return Promise.reject({ code: 4001, message: 'Wrong chain' });
      },
    });
    await settle();
    expect(moved.answers).toMatchObject([[false, { kind: 'wrong-chain' }]]);
    chain = '0x2105';
    const refused = ask(sign, {
      eth_chainId: async () => chain,
      eth_signTypedData_v4: () => Promise.reject({ code: 4001, message: 'User rejected' }),
    });
    await settle();
    expect(refused.answers).toEqual([[false, { kind: 'rejected', message: 'User rejected' }]]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['an object', { signature }],
    ['a text that is no hex', 'signed!'],
    ['an empty hex', '0x'],
    ['a book', `0x${'ab'.repeat(20_000)}`],
  ])('fails on %s', async (_name, given) => {
    const { answers } = ask(sign, {
      eth_chainId: async () => '0x2105',
      eth_signTypedData_v4: async () => given,
    });
    await settle();
    expect(answers).toMatchObject([[false, { kind: 'failed' }]]);
  });
});
