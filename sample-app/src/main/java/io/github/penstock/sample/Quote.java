package io.github.penstock.sample;

import java.math.BigDecimal;

/**
 * What the supplier wants for a number of pieces.
 *
 * @param sku the item's number
 * @param quantity the pieces
 * @param total the price for all of them
 */
record Quote(String sku, int quantity, BigDecimal total) {
}
