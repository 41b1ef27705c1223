provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "space" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "us-east-1 eu-central-1"
  }
}

resource "aws_kms_replica_key" "space_frankfurt" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.space.arn
}

resource "aws_kms_key" "comma" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "us-east-1,eu-central-1"
  }
}

resource "aws_kms_replica_key" "comma_frankfurt" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.comma.arn
}

resource "aws_kms_key" "plus" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "us-east-1+eu-central-1"
  }
}

resource "aws_kms_replica_key" "plus_frankfurt" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.plus.arn
}

resource "aws_kms_key" "slash" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "us-east-1/eu-central-1"
  }
}

resource "aws_kms_replica_key" "slash_frankfurt" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.slash.arn
}

resource "aws_kms_key" "colon" {
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = "us-east-1:eu-central-1"
  }
}

resource "aws_kms_replica_key" "colon_frankfurt" {
  provider        = aws.frankfurt
  primary_key_arn = aws_kms_key.colon.arn
}
