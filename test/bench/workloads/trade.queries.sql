-- The 22 questions of TPC-H in our own words and SQLite's dialect, in its order.

-- What was sold, by state of the line.
SELECT returned, status, sum(quantity) AS pieces, sum(price) AS gross, sum(price * (1 - discount)) AS net,
  sum(price * (1 - discount) * (1 + tax)) AS charged, avg(quantity) AS mean_pieces, avg(discount) AS mean_discount, count(*) AS lines
FROM order_lines
WHERE shipped_on <= '2025-09-02'
GROUP BY returned, status
ORDER BY returned, status;

-- Who offers a part cheapest in a region.
SELECT s.balance, s.name, n.name AS nation, p.id, p.maker, s.address, s.phone, s.remark
FROM parts p
JOIN offers o ON o.part_id = p.id
JOIN suppliers s ON s.id = o.supplier_id
JOIN nations n ON n.id = s.nation_id
JOIN regions r ON r.id = n.region_id
WHERE p.size = 15 AND p.kind LIKE '%brass' AND r.name = 'Europe'
  AND o.cost = (
    SELECT min(o2.cost)
    FROM offers o2
    JOIN suppliers s2 ON s2.id = o2.supplier_id
    JOIN nations n2 ON n2.id = s2.nation_id
    JOIN regions r2 ON r2.id = n2.region_id
    WHERE o2.part_id = p.id AND r2.name = 'Europe'
  )
ORDER BY s.balance DESC, n.name, s.name, p.id
LIMIT 100;

-- The largest orders of a segment that are not shipped yet.
SELECT l.order_id, sum(l.price * (1 - l.discount)) AS revenue, o.ordered_on, o.priority
FROM customers c
JOIN orders o ON o.customer_id = c.id
JOIN order_lines l ON l.order_id = o.id
WHERE c.segment = 'building' AND o.ordered_on < '2025-03-15' AND l.shipped_on > '2025-03-15'
GROUP BY l.order_id, o.ordered_on, o.priority
ORDER BY revenue DESC, o.ordered_on
LIMIT 10;

-- Orders of a quarter with a line that came late, by priority.
SELECT o.priority, count(*) AS orders
FROM orders o
WHERE o.ordered_on >= '2024-07-01' AND o.ordered_on < '2024-10-01'
  AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.promised_on < l.received_on)
GROUP BY o.priority
ORDER BY o.priority;

-- Revenue of a year where customer and supplier are of one nation.
SELECT n.name, sum(l.price * (1 - l.discount)) AS revenue
FROM customers c
JOIN orders o ON o.customer_id = c.id
JOIN order_lines l ON l.order_id = o.id
JOIN suppliers s ON s.id = l.supplier_id AND s.nation_id = c.nation_id
JOIN nations n ON n.id = s.nation_id
JOIN regions r ON r.id = n.region_id
WHERE r.name = 'Asia' AND o.ordered_on >= '2024-01-01' AND o.ordered_on < '2025-01-01'
GROUP BY n.name
ORDER BY revenue DESC;

-- What small discounts on small lines cost in a year.
SELECT sum(price * discount) AS given_away
FROM order_lines
WHERE shipped_on >= '2024-01-01' AND shipped_on < '2025-01-01' AND discount BETWEEN 0.05 AND 0.07 AND quantity < 24;

-- Trade between two nations, by year.
SELECT trade.seller, trade.buyer, trade.year, sum(trade.volume) AS revenue
FROM (
  SELECT n1.name AS seller, n2.name AS buyer, substr(l.shipped_on, 1, 4) AS year, l.price * (1 - l.discount) AS volume
  FROM suppliers s
  JOIN order_lines l ON l.supplier_id = s.id
  JOIN orders o ON o.id = l.order_id
  JOIN customers c ON c.id = o.customer_id
  JOIN nations n1 ON n1.id = s.nation_id
  JOIN nations n2 ON n2.id = c.nation_id
  WHERE ((n1.name = 'France' AND n2.name = 'Germany') OR (n1.name = 'Germany' AND n2.name = 'France'))
    AND l.shipped_on BETWEEN '2024-01-01' AND '2025-12-31'
) AS trade
GROUP BY trade.seller, trade.buyer, trade.year
ORDER BY trade.seller, trade.buyer, trade.year;

-- A nation's share of a region's market for one kind of part.
SELECT sales.year, sum(CASE WHEN sales.nation = 'Brazil' THEN sales.volume ELSE 0 END) / sum(sales.volume) AS share
FROM (
  SELECT substr(o.ordered_on, 1, 4) AS year, l.price * (1 - l.discount) AS volume, n2.name AS nation
  FROM parts p
  JOIN order_lines l ON l.part_id = p.id
  JOIN suppliers s ON s.id = l.supplier_id
  JOIN orders o ON o.id = l.order_id
  JOIN customers c ON c.id = o.customer_id
  JOIN nations n1 ON n1.id = c.nation_id
  JOIN regions r ON r.id = n1.region_id
  JOIN nations n2 ON n2.id = s.nation_id
  WHERE r.name = 'America' AND o.ordered_on BETWEEN '2024-01-01' AND '2025-12-31' AND p.kind = 'economy steel'
) AS sales
GROUP BY sales.year
ORDER BY sales.year;

-- Profit on parts with a word in their name, by nation and year.
SELECT profit.nation, profit.year, sum(profit.amount) AS total
FROM (
  SELECT n.name AS nation, substr(o.ordered_on, 1, 4) AS year, l.price * (1 - l.discount) - f.cost * l.quantity AS amount
  FROM parts p
  JOIN order_lines l ON l.part_id = p.id
  JOIN suppliers s ON s.id = l.supplier_id
  JOIN offers f ON f.part_id = l.part_id AND f.supplier_id = l.supplier_id
  JOIN orders o ON o.id = l.order_id
  JOIN nations n ON n.id = s.nation_id
  WHERE p.name LIKE '%green%'
) AS profit
GROUP BY profit.nation, profit.year
ORDER BY profit.nation, profit.year DESC;

-- Customers who sent the most back in a quarter.
SELECT c.id, c.name, sum(l.price * (1 - l.discount)) AS lost, c.balance, n.name AS nation, c.address, c.phone, c.remark
FROM customers c
JOIN orders o ON o.customer_id = c.id
JOIN order_lines l ON l.order_id = o.id
JOIN nations n ON n.id = c.nation_id
WHERE o.ordered_on >= '2024-10-01' AND o.ordered_on < '2025-01-01' AND l.returned = 'R'
GROUP BY c.id, c.name, c.balance, c.phone, n.name, c.address, c.remark
ORDER BY lost DESC
LIMIT 20;

-- Parts that tie up most of the stock of a nation's suppliers.
SELECT f.part_id, sum(f.cost * f.stock) AS value
FROM offers f
JOIN suppliers s ON s.id = f.supplier_id
JOIN nations n ON n.id = s.nation_id
WHERE n.name = 'Germany'
GROUP BY f.part_id
HAVING sum(f.cost * f.stock) > (
  SELECT sum(f2.cost * f2.stock) * 0.0001
  FROM offers f2
  JOIN suppliers s2 ON s2.id = f2.supplier_id
  JOIN nations n2 ON n2.id = s2.nation_id
  WHERE n2.name = 'Germany'
)
ORDER BY value DESC;

-- Late lines of two shipping modes, by the priority of their orders.
SELECT l.mode,
  sum(CASE WHEN o.priority IN ('urgent', 'high') THEN 1 ELSE 0 END) AS high_lines,
  sum(CASE WHEN o.priority NOT IN ('urgent', 'high') THEN 1 ELSE 0 END) AS low_lines
FROM orders o
JOIN order_lines l ON l.order_id = o.id
WHERE l.mode IN ('mail', 'ship') AND l.promised_on < l.received_on AND l.shipped_on < l.promised_on
  AND l.received_on >= '2024-01-01' AND l.received_on < '2025-01-01'
GROUP BY l.mode
ORDER BY l.mode;

-- How many customers have how many orders without a complaint.
SELECT per_customer.orders, count(*) AS customers
FROM (
  SELECT c.id, count(o.id) AS orders
  FROM customers c
  LEFT JOIN orders o ON o.customer_id = c.id AND o.remark NOT LIKE '%special%request%'
  GROUP BY c.id
) AS per_customer
GROUP BY per_customer.orders
ORDER BY customers DESC, per_customer.orders DESC;

-- The share of promoted parts in a month's revenue.
SELECT 100.0 * sum(CASE WHEN p.kind LIKE 'promo%' THEN l.price * (1 - l.discount) ELSE 0 END) / sum(l.price * (1 - l.discount)) AS percent
FROM order_lines l
JOIN parts p ON p.id = l.part_id
WHERE l.shipped_on >= '2025-09-01' AND l.shipped_on < '2025-10-01';

-- The supplier with the highest revenue of a quarter.
WITH revenue AS (
  SELECT supplier_id, sum(price * (1 - discount)) AS total
  FROM order_lines
  WHERE shipped_on >= '2025-01-01' AND shipped_on < '2025-04-01'
  GROUP BY supplier_id
)
SELECT s.id, s.name, s.address, s.phone, revenue.total
FROM suppliers s
JOIN revenue ON revenue.supplier_id = s.id
WHERE revenue.total = (SELECT max(total) FROM revenue)
ORDER BY s.id;

-- How many suppliers without complaints can deliver parts of some sizes.
SELECT p.brand, p.kind, p.size, count(DISTINCT f.supplier_id) AS suppliers
FROM offers f
JOIN parts p ON p.id = f.part_id
WHERE p.brand <> 'brand 45' AND p.kind NOT LIKE 'medium polished%' AND p.size IN (49, 14, 23, 45, 19, 3, 36, 9)
  AND f.supplier_id NOT IN (SELECT id FROM suppliers WHERE remark LIKE '%customer%complaint%')
GROUP BY p.brand, p.kind, p.size
ORDER BY suppliers DESC, p.brand, p.kind, p.size;

-- What would be lost without the small orders of a part.
SELECT sum(l.price) / 7.0 AS a_year
FROM order_lines l
JOIN parts p ON p.id = l.part_id
WHERE p.brand = 'brand 23' AND p.container = 'med box'
  AND l.quantity < (SELECT 0.2 * avg(l2.quantity) FROM order_lines l2 WHERE l2.part_id = p.id);

-- Customers with very large orders.
SELECT c.name, c.id, o.id, o.ordered_on, o.total, sum(l.quantity) AS pieces
FROM customers c
JOIN orders o ON o.customer_id = c.id
JOIN order_lines l ON l.order_id = o.id
WHERE o.id IN (SELECT order_id FROM order_lines GROUP BY order_id HAVING sum(quantity) > 300)
GROUP BY c.name, c.id, o.id, o.ordered_on, o.total
ORDER BY o.total DESC, o.ordered_on
LIMIT 100;

-- Revenue of three kinds of goods, each by its own measures.
SELECT sum(l.price * (1 - l.discount)) AS revenue
FROM order_lines l
JOIN parts p ON p.id = l.part_id
WHERE l.mode IN ('air', 'air reg') AND l.handling = 'in person'
  AND ((p.brand = 'brand 12' AND p.container IN ('sm case', 'sm box') AND l.quantity BETWEEN 1 AND 11 AND p.size BETWEEN 1 AND 5)
    OR (p.brand = 'brand 23' AND p.container IN ('med bag', 'med box') AND l.quantity BETWEEN 10 AND 20 AND p.size BETWEEN 1 AND 10)
    OR (p.brand = 'brand 34' AND p.container IN ('lg case', 'lg box') AND l.quantity BETWEEN 20 AND 30 AND p.size BETWEEN 1 AND 15));

-- Suppliers of a nation with more of some parts than were sold in a year.
SELECT s.name, s.address
FROM suppliers s
JOIN nations n ON n.id = s.nation_id
WHERE n.name = 'Canada'
  AND s.id IN (
    SELECT f.supplier_id
    FROM offers f
    WHERE f.part_id IN (SELECT id FROM parts WHERE name LIKE 'forest%')
      AND f.stock > (
        SELECT 0.5 * sum(l.quantity)
        FROM order_lines l
        WHERE l.part_id = f.part_id AND l.supplier_id = f.supplier_id AND l.shipped_on >= '2024-01-01' AND l.shipped_on < '2025-01-01'
      )
  )
ORDER BY s.name;

-- Suppliers who alone kept an order of several waiting.
SELECT s.name, count(*) AS waits
FROM suppliers s
JOIN order_lines l ON l.supplier_id = s.id
JOIN orders o ON o.id = l.order_id
JOIN nations n ON n.id = s.nation_id
WHERE o.status = 'F' AND l.received_on > l.promised_on AND n.name = 'Canada'
  AND EXISTS (SELECT 1 FROM order_lines l2 WHERE l2.order_id = l.order_id AND l2.supplier_id <> l.supplier_id)
  AND NOT EXISTS (SELECT 1 FROM order_lines l3 WHERE l3.order_id = l.order_id AND l3.supplier_id <> l.supplier_id AND l3.received_on > l3.promised_on)
GROUP BY s.name
ORDER BY waits DESC, s.name
LIMIT 100;

-- Customers with money who have not ordered, by the code of their country.
SELECT rich.country, count(*) AS customers, sum(rich.balance) AS total
FROM (
  SELECT substr(c.phone, 1, 2) AS country, c.balance
  FROM customers c
  WHERE substr(c.phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')
    AND c.balance > (SELECT avg(balance) FROM customers WHERE balance > 0 AND substr(phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17'))
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
) AS rich
GROUP BY rich.country
ORDER BY rich.country;
