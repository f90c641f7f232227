package io.github.penstock.sample;

/**
 * How many pieces of an item lie in the warehouse.
 *
 * @param sku the item's number
 * @param quantity the pieces that nobody has reserved
 */
record Stock(String sku, int quantity) {
}
