import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFifo } from '../../src/core/fifo.ts';

it('gives back what it was given, in that order, whenever it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const fifo = createFifo<number>();
      const model: number[] = [];
      for (const step of steps) {
        if (step === undefined) expect(fifo.shift()).toBe(model.shift());
        else {
          fifo.push(step);
          model.push(step);
        }
      }
      for (const value of model) expect(fifo.shift()).toBe(value);
      expect(fifo.shift()).toBeUndefined();
    }),
  );
});
