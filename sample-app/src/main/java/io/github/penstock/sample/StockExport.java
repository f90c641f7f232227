package io.github.penstock.sample;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.stereotype.Service;

/**
 * The whole stock as a file. It is heavy, and nobody is in a hurry: one at a time, and
 * whoever comes meanwhile waits.
 */
@Service
class StockExport {

	private final InventoryService inventory;

	private final Pace pace;

	StockExport(InventoryService inventory, Pace pace) {
		this.inventory = inventory;
		this.pace = pace;
	}

	@Bulkhead("export")
	public String csv() {
		this.pace.take("export");
		StringBuilder csv = new StringBuilder("sku,quantity\n");
		this.inventory.stock()
			.forEach((stock) -> csv.append(stock.sku()).append(',').append(stock.quantity()).append('\n'));
		return csv.toString();
	}

}
