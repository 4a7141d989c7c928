import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseUsdc, solanaUsdc } from '../../src/core/assets.ts';
import { jumpGate, rungate } from '../../src/core/gateways.ts';
import type { PaidChat } from '../../src/inpage/types.ts';
import { launchBrowser } from '../rig/browser.ts';
import type { RigBrowser } from '../rig/browser.ts';
import { startHttpsDoor } from '../rig/https.ts';
import type { HttpsDoor } from '../rig/https.ts';
import type { SolanaChain } from '../rig/solana/chain.ts';
import { solanaAddresses } from '../rig/solana/keys.ts';
import { startWorld } from '../rig/world.ts';
import type { World } from '../rig/world.ts';
import { documentedPrice } from './fixture.ts';
import { named, press, seenText, waitForClose, waitForText } from './press.ts';

declare const paidChat: PaidChat;

const extensionDir = fileURLToPath(new URL('../../.output/chrome-mv3', import.meta.url));

const shop = 'shop.example';
const gateway = hostOf(jumpGate.baseUrl);
const catalogue = hostOf(jumpGate.catalogueUrl);
const second = hostOf(rungate.baseUrl);
const nodes = baseUsdc.rpcUrls.map(hostOf);
const solanaNodes = solanaUsdc.rpcUrls.map(hostOf);
/** Whom Chromium itself asks for updates and the like, with or without an extension. */
const browserNames = /\.(google|googleapis|gvt1)\.com$/;

describe.each(['Base', 'Solana'] as const)('the build for the stores, on %s', (chainName) => {
  let world: World;
  let door: HttpsDoor;
  let rig: RigBrowser;

  beforeAll(async () => {
    world = await startWorld({ blockTime: 'instant', tokenDelayMs: 5, solana: chainName === 'Solana' });
    const { pages, chain, solana } = world;
    door = await startHttpsDoor({
      [shop]: pages.port,
      [gateway]: world.gateway.port,
      [catalogue]: world.gateway.port,
      [second]: world.rungate.port,
      ...Object.fromEntries(nodes.map((host) => [host, chain.port])),
      ...(solana && Object.fromEntries(solanaNodes.map((host, at) => [host, portOfNode(solana, at)]))),
    });
    rig = await launchBrowser({
      extensionDir,
      // Every name there is leads to the door, so that what goes anywhere else is seen there too.
      hostMap: { '*:443': `127.0.0.1:${door.port}`, '*': '127.0.0.1:9' },
      certErrorsIgnored: true,
    });
  });

  afterAll(async () => {
    await rig?.close();
    await door?.stop();
    await world?.stop();
  });

  it('pays the real gateway’s name over https, unchanged, and talks to nobody else', async () => {
    const before = await balances(world);
    const page = await rig.browser.newPage();
    await page.goto(`https://${shop}/`);
    const models = await page.evaluate(() => paidChat.models());
    expect(models).toContainEqual(expect.objectContaining({ id: 'ambient/large', gateway: 'jumpgate' }));

    await press(page, 'Ask');
    const approval = await rig.approvalPage();
    await named(approval, 'button', 'Pay once');
    const card = await seenText(approval);
    expect(card).toContain(`https://${shop}`);
    expect(card).toContain('0.004424 USDC');
    expect(card).toContain(chainName);
    if (chainName === 'Base') expect(card).toContain('value 4424 (= 0.004424 USDC)');
    await press(approval, 'Pay once');
    await waitForClose(approval);

    await waitForText(page, 'Done.');
    await waitForText(page, 'Paid 0.004424 USDC (settled)');
    const after = await balances(world);
    expect(before.payer - after.payer).toBe(documentedPrice);
    expect(after.payee - before.payee).toBe(documentedPrice);

    const known = [shop, gateway, catalogue, second, ...nodes, ...solanaNodes];
    const others = door.requests.filter(({ host }) => !known.includes(host) && !browserNames.test(host));
    expect(others).toEqual([]);
    expect(sentTo(gateway)).toEqual(['POST /paid/chat/v2/quote', 'POST /paid/chat/v2', 'POST /paid/chat/v2']);
    expect(sentTo(catalogue)).toEqual(['GET /v1/models']);
    // The page asked for all models, and for nothing else of the other gateway.
    expect(sentTo(second)).toEqual(['GET /v1/models']);
  });

  it('comes into a page that was open before it with the right that the popup gives, and no other', async () => {
    const page = await rig.browser.newPage();
    await page.goto(`https://${shop}/`);
    await rig.update();
    const refused = () =>
      page.evaluate(() =>
        paidChat.models().then(
          () => false,
          () => true,
        ),
      );
    await expect.poll(refused).toBe(true);
    await waitForText(await rig.popupPage(page), shop);
    await expect.poll(refused).toBe(false);
  });

  function sentTo(name: string): string[] {
    return door.requests.filter(({ host }) => host === name).map(({ method, path }) => `${method} ${path}`);
  }
});

function portOfNode({ nodes: [first, second] }: SolanaChain, at: number): number {
  return (at % 2 === 0 ? first : second).port;
}

async function balances({ chain, solana, payer, payee }: World): Promise<{ payer: bigint; payee: bigint }> {
  if (solana)
    return {
      payer: await solana.balanceOf(solanaAddresses.payer),
      payee: await solana.balanceOf(solanaAddresses.payee),
    };
  const [mine, theirs] = await Promise.all([chain.balanceOf(payer.address), chain.balanceOf(payee.address)]);
  return { payer: mine, payee: theirs };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
