variable "name" {
  type = string
}

variable "zones" {
  type = set(string)
}

data "aws_iam_policy_document" "assume" {
  for_each = var.zones

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_security_group" "this" {
  for_each = var.zones

  name        = "${var.name}-${each.key}"
  description = "Zone ${each.key} of ${var.name}"
  vpc_id      = "vpc-12345678"

  ingress {
    description = "Web"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8", "172.16.0.0/12"]
  }

  tags = {
    Name = "${var.name}-${each.key}"
  }
}

resource "aws_instance" "this" {
  for_each = var.zones

  ami                    = "ami-12345678"
  instance_type          = "t3.small"
  vpc_security_group_ids = [aws_security_group.this[each.key].id]

  tags = {
    Name = "${var.name}-${each.key}"
  }
}

resource "aws_route53_record" "this" {
  for_each = var.zones

  zone_id = "Z0123456789"
  name    = "${each.key}.${var.name}.example.com"
  type    = "A"
  ttl     = 300
  records = [aws_instance.this[each.key].private_ip]
}

resource "aws_iam_role" "this" {
  for_each = var.zones

  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json
}
