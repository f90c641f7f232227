create table flown (id int);
insert into flown values (1);
