// The world under the map: countries from a file of this machine, and a projection that fits the places.
import { geoCentroid, geoContains, geoDistance, geoGraticule10, geoMercator, geoNaturalEarth1, geoPath, type GeoProjection } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Feature, FeatureCollection, Geometry, MultiPoint } from "geojson";
import type { Place } from "./data";

type Country = Feature<Geometry, { name?: string }>;

export interface World {
  countries: Country[];
}

/** Read the countries. */
export async function world(address: string, signal: AbortSignal): Promise<World> {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error("The map of the world is missing. Run the set-up again.");
  const topology = (await answer.json()) as Topology<{ countries: GeometryCollection<{ name: string }> }>;
  const found = feature(topology, topology.objects.countries) as FeatureCollection<Geometry, { name?: string }>;
  return { countries: found.features };
}

/** A projection in which all places fit, a few degrees around them at least. */
export function projectionFor(places: readonly Place[], width: number, height: number): GeoProjection {
  const turn = Math.PI / 180;
  const [x, y] = places.reduce(([a, b], p) => [a + Math.cos(p.longitude * turn), b + Math.sin(p.longitude * turn)] as [number, number], [0, 0] as [number, number]);
  const middle = Math.hypot(x, y) < 1e-9 ? 0 : Math.atan2(y, x) / turn;
  const away = places.map((p) => ((p.longitude - middle + 540) % 360) - 180);
  const [west, east] = [Math.min(...away), Math.max(...away)];
  const [south, north] = [Math.min(...places.map((p) => p.latitude)), Math.max(...places.map((p) => p.latitude))];
  const wide = east - west > 110 || north - south > 70;
  const projection = (wide ? geoNaturalEarth1() : geoMercator()).rotate([-middle, 0]);
  const [dx, dy] = [Math.max(0, 1.6 - (east - west) / 2), Math.max(0, 1 - (north - south) / 2)];
  const corners: [number, number][] = [[west - dx, south - dy], [east + dx, north + dy], [west - dx, north + dy], [east + dx, south - dy]];
  const around: MultiPoint = { type: "MultiPoint", coordinates: corners.map(([lon, lat]) => [lon + middle, Math.max(-80, Math.min(84, lat))]) };
  const edge = Math.min(width, height) * 0.12;
  projection.fitExtent([[edge * 1.4, edge], [width - edge * 1.4, height - edge]], around);
  // What lies far outside is not drawn: the view may still be moved a screen's width.
  projection.clipExtent([[-width, -height], [2 * width, 2 * height]]);
  return projection;
}

const EARTH = 6371; // kilometres
const FINEST = 0.5; // kilometres that a pixel shows at least: nearer by, the outlines of countries are straight lines

/** How far a projection may be zoomed into. */
export function deepest(projection: GeoProjection, width: number, height: number): number {
  const [a, b] = [width / 2, width / 2 + 1].map((x) => projection.invert?.([x, height / 2]));
  return a && b ? Math.max(1, (geoDistance(a, b) * EARTH) / FINEST) : 1;
}

export interface Land {
  country: Country;
  name: string;
  outline: string;
  middle: [number, number] | null;
  width: number;
}

/** The countries that can come into view, as paths, and where their names go. */
export function lands(countries: readonly Country[], projection: GeoProjection): Land[] {
  const path = geoPath(projection).digits(1);
  const found: Land[] = [];
  for (const country of countries) {
    const outline = path(country);
    if (!outline) continue;
    const [[x0], [x1]] = path.bounds(country);
    found.push({ country, name: country.properties.name ?? "", outline, middle: projection(geoCentroid(country)), width: (x1 ?? 0) - (x0 ?? 0) });
  }
  return found;
}

/** The country at a place. */
export const landAt = (found: readonly Land[], place: [number, number]): Land | undefined => found.find((land) => geoContains(land.country, place));

/** Lines of latitude and longitude. */
export function net(projection: GeoProjection): string {
  return geoPath(projection).digits(1)(geoGraticule10()) ?? "";
}
