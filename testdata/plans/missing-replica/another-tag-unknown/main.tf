provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "owner" {
  name               = "owner"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_kms_key" "app" {
  multi_region        = true
  enable_key_rotation = true
  tags = {
    CrossRegionReplication = "true"
    Owner                  = aws_iam_role.owner.unique_id
  }
}
