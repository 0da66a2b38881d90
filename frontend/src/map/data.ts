// What the API says of movements, and which of it is chosen: a span of time, a place, one who moves.

export interface Place {
  value: string;
  latitude: number;
  longitude: number;
  records: number;
}

export interface Move {
  track: number;
  number: number;
  origin: number;
  target: number;
  left: number;
  arrived: number;
  km: number;
  kmh: number | null;
  edit: boolean;
  verdict: "" | "air" | "road";
  record_left: string;
  record_arrived: string;
  sentence: string;
}

export interface ApiMovements {
  network_id: string;
  follow: string;
  records: number;
  placed: number;
  places: Place[];
  tracks: { kind: string; value: string; label: string; posts: number; places: number; moves: number }[];
  posts: { time: number[]; track: number[]; place: number[]; record: string[]; edited: boolean[] };
  moves: Move[];
  said: string[];
}

/** Where somebody may be seen next, by the trace stage. */
export interface Expected {
  subject: { sort: string; value: string; kind: string };
  places: { place: string; probability: number }[];
}

/** Some records of one place after each other on a track. */
export interface Stay {
  track: number;
  place: number;
  first: number;
  last: number;
}

export const HOUR = 3600;

export class Choice {
  readonly whole: [number, number];
  span: [number, number];
  place: number | null = null;
  track: number | null = null;
  step: number | null = null; // position in `moves()`
  readonly stays: Stay[] = [];
  expected: Expected[] = [];
  private readonly order: Move[];

  constructor(readonly api: ApiMovements) {
    const times = api.posts.time;
    let [first, last] = [Infinity, -Infinity];
    for (const time of times) [first, last] = [Math.min(first, time), Math.max(last, time)];
    if (!times.length) [first, last] = [0, 1];
    const edge = Math.max((last - first) * 0.015, 60);
    this.whole = [first - edge, last + edge];
    this.span = [...this.whole];
    this.order = [...api.moves].sort((a, b) => a.arrived - b.arrived || a.track - b.track || a.number - b.number);
    times.forEach((time, k) => {
      const [track, place] = [api.posts.track[k] as number, api.posts.place[k] as number];
      const before = this.stays[this.stays.length - 1];
      if (before && before.track === track && before.place === place) before.last = time;
      else this.stays.push({ track, place, first: time, last: time });
    });
  }

  get narrowed(): boolean {
    return this.span[0] > this.whole[0] || this.span[1] < this.whole[1];
  }

  /** The moves that are chosen, in the order of time. */
  moves(): Move[] {
    return this.order.filter(
      (move) =>
        move.arrived >= this.span[0] && move.arrived <= this.span[1] &&
        (this.track === null || move.track === this.track) &&
        (this.place === null || move.origin === this.place || move.target === this.place),
    );
  }

  /** Is a record of the track at the place in what is chosen? */
  holds(track: number, place: number, time: number): boolean {
    return time >= this.span[0] && time <= this.span[1] && (this.track === null || track === this.track) && (this.place === null || place === this.place);
  }

  /** How many of those followed (of the chosen one, if one is) are expected next in each place; and of how many. */
  chances(): { of: number; at: number[] } {
    const track = this.track === null ? null : this.api.tracks[this.track];
    const asked = this.expected.filter(({ subject }) => (track ? subject.value === track.value && subject.kind === track.kind : subject.kind === this.api.follow));
    const at = this.api.places.map(({ value }) => asked.reduce((sum, { places }) => sum + (places.find(({ place }) => place === value)?.probability ?? 0), 0));
    return { of: asked.length, at };
  }

  /** How many records of what is chosen are in each place; the chosen place does not count, so that others can be chosen. */
  counts(): number[] {
    const { time, track, place, record } = this.api.posts;
    const held = this.api.places.map(() => new Set<string>());
    time.forEach((at, k) => {
      if (at < this.span[0] || at > this.span[1] || (this.track !== null && track[k] !== this.track)) return;
      held[place[k] as number]?.add(record[k] as string);
    });
    return held.map((records) => records.size);
  }
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** A time to the minute, in UTC. */
export function minute(seconds: number): string {
  const at = new Date(seconds * 1000);
  return `${day(seconds)} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())} UTC`;
}

/** A day, in UTC. */
export function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day and month in UTC, with the year where it is asked for: 25 Apr. */
export function brief(seconds: number, year = false): string {
  const at = new Date(seconds * 1000);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}${year ? ` ${at.getUTCFullYear()}` : ""}`;
}

/** The time of day, in UTC, on a clock of 24 hours. */
export const clock = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 16);

/** From one time to another: days, or to the minute where they are few. */
export function spanned([first, last]: readonly [number, number]): string {
  return last - first > 3 * 24 * HOUR ? `${day(first)} to ${day(last)} UTC` : `${minute(first).replace(" UTC", "")} to ${minute(last)}`;
}
