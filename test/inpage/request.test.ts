import { describe, expect, it } from 'vitest';
import { readOptions, readRequest, wantsStream } from '../../src/inpage/request.ts';

const messages = [{ role: 'user', content: 'Why is the sky blue?' }];

describe('the shape check in the page', () => {
  it('passes a whole request untouched', () => {
    const request = {
      model: 'ambient/large',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', content: null, tool_calls: [{ id: 't1' }] },
        { role: 'tool', content: '42', tool_call_id: 't1' },
      ],
      stream: true,
      max_tokens: 1,
      max_tool_calls: 0,
      temperature: 0.5,
    };
    expect(JSON.parse(JSON.stringify(readRequest(request)))).toEqual(request);
    expect(wantsStream(readRequest(request))).toBe(true);
    expect(wantsStream(readRequest({ messages, stream: undefined }))).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'request is undefined'],
    ['a text', 'hi', 'request is not an object'],
    ['an array', [messages], 'request is not an object'],
    ['no messages', {}, 'request.messages is not an array'],
    [
      'messages that look like an array',
      { messages: { 0: messages[0], length: 1 } },
      'request.messages is not an array',
    ],
    ['empty messages', { messages: [] }, 'request.messages is empty'],
    ['a message that is a text', { messages: ['hi'] }, 'request.messages[0] is not an object'],
    [
      'a role that is none',
      { messages: [...messages, { role: 'god' }] },
      'request.messages[1].role is none of',
    ],
    [
      'a role from the prototype',
      { messages: [{ role: 'toString' }] },
      'request.messages[0].role is none of',
    ],
    [
      'content that is a number',
      { messages: [{ role: 'user', content: 1 }] },
      'request.messages[0].content is neither',
    ],
    ['a model that is empty', { messages, model: '' }, 'request.model is not a name'],
    ['stream as a text', { messages, stream: 'true' }, 'request.stream is not true or false'],
    ['no token at all', { messages, max_tokens: 0 }, 'request.max_tokens is not a whole number from 1 on'],
    ['half a token', { messages, max_completion_tokens: 1.5 }, 'request.max_completion_tokens is not'],
    ['tokens as a text', { messages, max_tokens: '100' }, 'request.max_tokens is not'],
    [
      'tool calls below none',
      { messages, max_tool_calls: -1 },
      'request.max_tool_calls is not a whole number from 0',
    ],
    ['temperature as a text', { messages, temperature: 'hot' }, 'request.temperature is not a number'],
  ])('refuses %s and names the field', (_name, request, problem) => {
    expect(() => readRequest(request)).toThrow(problem);
  });
});

describe('the options of a call', () => {
  it('come without the signal, which cannot be sent', () => {
    const { signal } = new AbortController();
    const read = readOptions({ maxSpend: '0.01', quoteId: 'q-12345678', gateway: undefined, signal });
    expect({ ...(read.options as object) }).toEqual({ maxSpend: '0.01', quoteId: 'q-12345678' });
    expect(read.signal).toBe(signal);
    expect(readOptions(undefined)).toMatchObject({ signal: undefined });
  });

  it('keep a key that is unknown, for the background to refuse by name', () => {
    expect({ ...(readOptions({ maxSpent: '1' }).options as object) }).toEqual({ maxSpent: '1' });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'fast', 'options is not an object'],
    ['maxSpend as a number', { maxSpend: 0.01 }, 'options.maxSpend is not a text'],
    ['a function', { gateway: () => 1 }, 'options.gateway is function'],
    [
      'a getter that throws',
      {
        get maxSpend(): string {
          throw new Error('secret');
        },
      },
      'options cannot be read',
    ],
  ])('refuse %s', (_name, options, problem) => {
    expect(() => readOptions(options)).toThrow(problem);
  });
});
