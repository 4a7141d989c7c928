import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleCompletion } from '../../src/core/completion.ts';
import type { ChatChunk, ChatCompletion } from '../../src/protocol/page.ts';

const facts = {
  id: 'chatcmpl-1',
  created: 1_768_478_400,
  model: 'ambient/large',
  paidchat: { receiptId: 'r1', amountUsdc: '0.004424' },
};

type Delta = ChatChunk['choices'][number]['delta'];

function chunk(delta: Delta, change: { index?: number; finish_reason?: string | null } = {}): ChatChunk {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'ambient/large',
    choices: [{ index: 0, finish_reason: null, ...change, delta }],
  };
}

function assemble(...chunks: ChatChunk[]): ChatCompletion {
  return assembleCompletion(chunks, facts);
}

describe('a whole answer', () => {
  it('is put together in OpenAI’s shape', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const chunks = [
      chunk({ role: 'assistant', reasoning: 'Hm' }),
      chunk({ reasoning: '.' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo', reasoning: '' }),
      chunk({ content: null }, { finish_reason: 'stop' }),
      { ...chunk({}), usage },
    ];
    expect(assemble(...chunks)).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_768_478_400,
      model: 'ambient/large',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', reasoning: 'Hm.' },
          finish_reason: 'stop',
        },
      ],
      usage,
      paidchat: { receiptId: 'r1', amountUsdc: '0.004424' },
    });
  });

  it('has the text of its chunks, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const { choices } = assemble(chunk({}), ...texts.map((content) => chunk({ content })));
        expect(choices[0]?.message.content).toBe(texts.join(''));
      }),
    );
  });

  it('without any chunk has no choice, and without text an empty one', () => {
    expect(assemble().choices).toEqual([]);
    expect(assemble(chunk({ role: 'assistant' })).choices[0]).toEqual({
      index: 0,
      message: { role: 'assistant', content: '' },
      finish_reason: null,
    });
    expect('usage' in assemble()).toBe(false);
  });

  it('has its choices in order, each with its own text', () => {
    const { choices } = assemble(
      chunk({ content: 'b' }, { index: 1 }),
      chunk({ content: 'a' }, { finish_reason: 'length' }),
      chunk({ content: 'B' }, { index: 1, finish_reason: 'stop' }),
    );
    expect(
      choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason]),
    ).toEqual([
      [0, 'a', 'length'],
      [1, 'bB', 'stop'],
    ]);
  });

  it('has tool calls merged by their index', () => {
    const piece = (index: number, change: object) => chunk({ tool_calls: [{ index, ...change }] });
    const { choices } = assemble(
      piece(1, { id: 'call_b', type: 'function', function: { name: 'b', arguments: '' } }),
      piece(0, { id: 'call_a', type: 'function', function: { name: 'a', arguments: '{"x' } }),
      piece(1, { function: { name: 'b', arguments: '{}' } }),
      piece(0, { id: '', function: { arguments: '":1}' } }),
      piece(0, { id: 'call_late', function: { arguments: 7, name: null } }),
      piece(0, { function: 'a' }),
      chunk({}, { finish_reason: 'tool_calls' }),
    );
    expect(choices).toEqual([
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_a', type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
            { id: 'call_b', type: 'function', function: { name: 'b', arguments: '{}' } },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ]);
  });

  it('keeps text beside tool calls, and a call without an index', () => {
    const { choices } = assemble(
      chunk({ content: 'Looking. ' }),
      chunk({ tool_calls: [{ id: 'call', function: { name: 'look', arguments: '{}' } }] }),
    );
    expect(choices[0]?.message).toEqual({
      role: 'assistant',
      content: 'Looking. ',
      tool_calls: [{ id: 'call', type: 'function', function: { name: 'look', arguments: '{}' } }],
    });
  });

  it('changes nothing that it was given', () => {
    const given = [
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '1' } }] }),
      chunk({ content: 'x' }),
    ];
    const before = JSON.stringify(given);
    const first = JSON.stringify(assemble(...given));
    expect(JSON.stringify(assemble(...given))).toBe(first);
    expect(JSON.stringify(given)).toBe(before);
  });
});
