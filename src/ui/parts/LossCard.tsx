import { useSignal } from '@preact/signals';
import { parseSum } from '../../core/money.ts';
import type { LossView } from '../../protocol/loss.ts';
import { clockTime, dollars } from '../format.ts';
import type { Text } from '../text/en.ts';
import { useText } from '../text/useText.ts';
import { Button } from './Button.tsx';

/** A record of payments that cannot be trusted: what happened, what is known, and going on with that. */
export function LossCard(props: {
  readonly loss: LossView;
  /** Resolves once payments are possible again. */
  readonly onGoOn: () => Promise<unknown>;
}) {
  const text = useText();
  const words = text.loss;
  const { cause, known } = props.loss;
  const going = useSignal(false);
  const failed = useSignal(false);
  const goOn = () => {
    going.value = true;
    failed.value = false;
    props
      .onGoOn()
      .catch(() => (failed.value = true))
      .finally(() => (going.value = false));
  };
  return (
    <section class="loss" aria-labelledby="loss-title">
      <div role="alert">
        <h2 id="loss-title" class="loss-title">
          {words.title[cause]}
        </h2>
        <p>{words.happened[cause]}</p>
      </div>
      {known === undefined ? (
        <p class="loss-unknown">{words.unknown}</p>
      ) : (
        <>
          <dl class="loss-known" aria-label={words.known}>
            <dt>{words.day}</dt>
            <dd>{amountOf(known.day, text)}</dd>
            <dt>{words.month}</dt>
            <dd>{amountOf(known.month, text)}</dd>
            <dt>{words.held}</dt>
            <dd>{heldOf(known, text)}</dd>
          </dl>
          <p class="faint">{words.asOf(dateAndTime(known.atMs, text))}</p>
        </>
      )}
      <h3 class="loss-means">{words.means}</h3>
      <ul class="loss-list">
        {consequences(props.loss, words).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {failed.value && (
        <p class="loss-failed" role="alert">
          {cause === 'witness-unreadable' ? words.failedSilent : words.failed}
        </p>
      )}
      <Button kind="plain" asleep={going.value} onPress={goOn}>
        {going.value ? words.goingOn : words.goOn}
      </Button>
    </section>
  );
}

function consequences({ cause, known }: LossView, words: Text['loss']): readonly string[] {
  const counts = known === undefined ? words.countsUnknown : words.counts;
  const isOfWitness = cause === 'witness-damaged' || cause === 'witness-unreadable';
  const beginsAnew = cause === 'damaged' || cause === 'unreadable';
  return [
    isOfWitness && known !== undefined ? words.countsAsIs : counts,
    ...(beginsAnew ? [words.begins] : []),
    words.grants,
  ];
}

function amountOf(sum: string, text: Text): string {
  const amount = parseSum(sum);
  if (amount === undefined) return text.popup.unknownAmount;
  return amount === 0n ? text.loss.none : dollars(amount);
}

function heldOf({ held, heldUntilMs }: NonNullable<LossView['known']>, text: Text): string {
  const amount = amountOf(held, text);
  return heldUntilMs === undefined ? amount : text.loss.heldUntil(amount, dateAndTime(heldUntilMs, text));
}

/** With its day: a lost record may be looked at days later. */
function dateAndTime(atMs: number, { locale }: Text): string {
  return clockTime(atMs, 0, locale);
}
