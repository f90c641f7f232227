package io.github.penstock.sample;

import java.time.LocalDate;

/**
 * When the supplier delivers.
 *
 * @param sku the item's number
 * @param date the day of the delivery
 */
record Delivery(String sku, LocalDate date) {
}
