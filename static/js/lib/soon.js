/**
 * A deed that many pages have to do at the same news: each at a moment of its own, so that they do not all arrive
 * together. Who asks while it waits is served by it; who asks while it is done has it done once more.
 */
const MOST_TRIES = 3;

export class Soon {
  constructor(deed, withinMs) {
    this.deed = deed;
    this.withinMs = withinMs;
    this.isWanted = false;
    this.isBusy = false;
    this.failures = 0;
  }

  ask() {
    this.failures = 0;
    this.isWanted = true;
    this.plan();
  }

  plan() {
    if (this.isBusy || !this.isWanted) return;
    this.isBusy = true;
    setTimeout(() => this.run(), Math.random() * this.withinMs);
  }

  async run() {
    this.isWanted = false;
    try {
      await this.deed();
    } catch {
      this.failures += 1;
      this.isWanted ||= this.failures < MOST_TRIES;
    }
    this.isBusy = false;
    this.plan();
  }
}
