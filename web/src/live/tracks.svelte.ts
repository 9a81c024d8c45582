// Where the people of one camera are, while somebody looks at that camera.
import { address } from '../api/client.ts';
import type { Tracks } from '../api/types.ts';
import { LiveStream } from './stream.ts';

const OLD_MS = 3000;

export class TrackWatch {
  #latest = $state.raw<Tracks | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stream: LiveStream;

  constructor(camera: string) {
    this.#stream = new LiveStream({
      address: () => address('/stream', { topics: 'tracks', camera }),
      message: (message) => {
        if (message.type === 'tracks') this.#take(JSON.parse(message.data) as Tracks);
      },
      denied: () => {},
    });
    this.#stream.start();
  }

  get people(): Tracks['people'] {
    return this.#latest?.people ?? [];
  }

  #take(tracks: Tracks): void {
    this.#latest = tracks;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#latest = null), OLD_MS);
  }

  close(): void {
    this.#stream.stop();
    if (this.#timer) clearTimeout(this.#timer);
  }
}
