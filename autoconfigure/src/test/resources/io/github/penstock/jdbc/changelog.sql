--liquibase formatted sql

--changeset penstock:1
create table moved (id int);
insert into moved values (1);
