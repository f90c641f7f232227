insert into stock (sku, quantity) values ('bolt-m8', 12000), ('nut-m8', 9500), ('washer-m8', 300), ('pump-40', 4);
