create table stock (
	sku varchar(32) primary key,
	quantity int not null check (quantity >= 0)
);
